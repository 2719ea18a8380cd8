"""Looks the whole over and says what is wrong with it, each time with what to do. One check is one function."""
