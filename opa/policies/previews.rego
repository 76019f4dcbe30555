# METADATA
# title: Previews of posts
# description: >-
#   Whoever may read what a post said before may show it to others, and end that. What a token
#   shows needs no caller: the token is the permission, and it is looked up, not judged, so there
#   is no fact about it here.
package actions.previews

import data.fmweb.callers

default allow := false

allow if callers.among(data.grants.previews[input.action])

allow if {
	input.action in {"previews.create", "previews.list", "previews.revoke"}
	callers.owns("post")
}
