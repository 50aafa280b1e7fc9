-- a comment
SELEC 1;
