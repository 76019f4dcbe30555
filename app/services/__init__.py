"""Operations composed of access patterns, and the ports that they need. No HTTP, no AWS."""
