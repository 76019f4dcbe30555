# METADATA
# title: Posts
# description: >-
#   Drafts are their owner's, from review on they are the editors', and what is published is
#   everyone's to read, and counts when it is.
package actions.posts

import data.fmweb.callers

changes := {
	"posts.archive",
	"posts.edit",
	"posts.rename",
	"posts.restore",
	"posts.submit",
	"posts.unpublish",
}

default allow := false

allow if callers.among(data.grants.posts[input.action])

allow if {
	input.action in {"posts.read", "posts.view"}
	has_status({"published"})
}

allow if {
	input.action in {"posts.history", "posts.read"}
	callers.owns("post")
}

allow if {
	input.action in (changes | {"posts.delete"})
	callers.owns("post")
	has_status({"draft"})
}

allow if {
	input.action in changes
	"fm-web:editor" in callers.roles
	has_status({"archived", "in-review", "published"})
}

# Withdrawing from review.
allow if {
	input.action == "posts.unpublish"
	callers.owns("post")
	has_status({"in-review"})
}

has_status(statuses) if {
	input.resource.type == "post"
	input.resource.status in statuses
}

# METADATA
# title: Which posts may a list show the caller?
# description: The statuses, sorted. `resource.owner` is the author asked for; absent, everyone's posts are.
# entrypoint: true
default visible := ["published"]

visible := data.statuses if sees_all

sees_all if {
	some role in {"fm-web:admin", "fm-web:editor"}
	role in callers.roles
}

sees_all if {
	callers.known
	input.resource.owner == input.caller.id
}
