"""Who asks the library what."""


def callers() -> dict[str, list[str]]:
    return {
        "books.by_id": ["GET /books/{book_id}", "the nightly report"],
        "books.add": ["POST /books"],
    }
