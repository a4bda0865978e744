~SELECT $tag$ body; $tag$, E'a\'b' # c
