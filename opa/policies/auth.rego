# METADATA
# title: Sign-in and sign-up
# description: Anyone may try to sign in; an account with more than a viewer's role is made by administrators.
package actions.auth

import data.fmweb.callers

default allow := false

allow if callers.among(data.grants.auth[input.action])

allow if {
	input.action == "auth.signup"
	input.resource.type == "account"
	input.resource.role == "fm-web:viewer"
}

allow if {
	input.action == "auth.signup"
	input.resource.type == "account"
	input.resource.role in data.roles
	"fm-web:admin" in callers.roles
}
