"""What tests share: real engines as fixtures, fakes of ports, makers of sample documents."""
