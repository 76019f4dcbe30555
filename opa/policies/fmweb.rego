# METADATA
# title: The entrance
# description: >-
#   Each question goes to the package that its action's prefix names: `posts.edit` to
#   `actions.posts`. Any other is denied.
package fmweb

default allow := false

# METADATA
# title: May the caller do this?
# description: A boolean, whatever the input is.
# entrypoint: true
allow if {
	[prefix, _] := split(input.action, ".")
	data.actions[prefix].allow
}
