"""Requests that may be repeated: done once, and answered each time as the first time.

Knows no operation. What has to be done for a route, `app.auth.route` does.
"""
