"""What the project costs, against its peers and against what the machine can do at best, measured in one run."""
