"""Answers to public questions, shared by all instances in Redis."""
