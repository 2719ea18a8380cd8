"""One file per command: add(parser) tells its arguments, run(args, settings) does it and answers a code."""
