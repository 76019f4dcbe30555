# METADATA
# title: Sessions
# description: A session is its owner's; administrators see and end those of others, but open none.
package actions.sessions

import data.fmweb.callers

default allow := false

allow if callers.among(data.grants.sessions[input.action])

allow if {
	input.action in {"sessions.list", "sessions.open", "sessions.read", "sessions.revoke"}
	callers.owns("session")
}
