"""The recruiters' agents themselves: their rows, their life, what they said, and looking into them."""
