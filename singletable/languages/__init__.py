"""Regular languages of text: expressions, automata, and whether two have a text in common."""
