-- Compressing profiles and texts took two thirds of an import's time in the database, to save a kilobyte or two
-- each. They are stored as they are, out of line.
alter table candidate alter profile set storage external;
alter table source alter profile set storage external, alter text set storage external;
