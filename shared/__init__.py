"""What two or more units use and no recruiter could name: engines, the door, wire documents."""
