mesg n
