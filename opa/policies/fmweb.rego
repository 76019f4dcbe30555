# METADATA
# title: The entrance
# description: Each question goes to the package that its action's prefix names; any other is denied.
package fmweb

import data.fmweb.audit
import data.fmweb.auth
import data.fmweb.categories
import data.fmweb.jobs
import data.fmweb.media
import data.fmweb.posts
import data.fmweb.previews
import data.fmweb.probes
import data.fmweb.sessions
import data.fmweb.users

default allow := false

# METADATA
# title: May the caller do this?
# description: A boolean, whatever the input is.
# entrypoint: true
allow if {
	startswith(input.action, "posts.")
	posts.allow
}

allow if {
	startswith(input.action, "audit.")
	audit.allow
}

allow if {
	startswith(input.action, "categories.")
	categories.allow
}

allow if {
	startswith(input.action, "users.")
	users.allow
}

allow if {
	startswith(input.action, "sessions.")
	sessions.allow
}

allow if {
	startswith(input.action, "auth.")
	auth.allow
}

allow if {
	startswith(input.action, "probes.")
	probes.allow
}

allow if {
	startswith(input.action, "media.")
	media.allow
}

allow if {
	startswith(input.action, "previews.")
	previews.allow
}

allow if {
	startswith(input.action, "jobs.")
	jobs.allow
}
