"""The supervisor: discovers units, plans, asks for approval, executes, and talks with people."""
