# METADATA
# title: Uploaded files
# description: >-
#   A file is its owner's. What is ready is read by every known caller; administrators see and
#   delete everything, show it in posts, and complete nobody's upload.
package actions.media

import data.fmweb.callers

default allow := false

allow if callers.among(data.grants.media[input.action])

allow if {
	input.action in {
		"media.complete",
		"media.delete",
		"media.download",
		"media.list",
		"media.read",
		"media.show",
	}
	callers.owns("media")
}

allow if {
	input.action in {"media.download", "media.read"}
	callers.known
	input.resource.type == "media"
	input.resource.status == "ready"
}
