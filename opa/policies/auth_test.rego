# Who signs in, and who makes which account.
package fmweb.auth_test

import data.actions.auth
import data.fmweb
import data.fmweb.people_test as people

allowed(action) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": {"type": "none"}}
}

test_anyone_signs_in_and_out if {
	every action in ["auth.login", "auth.refresh", "auth.logout", "auth.challenge", "auth.forgot", "auth.confirm"] {
		allowed(action) == {"", "p", "v", "e", "a"}
	}
}

test_the_known_look_at_themselves if {
	every action in ["auth.me", "auth.change-password"] {
		allowed(action) == {"p", "v", "e", "a"}
	}
}

signs_up(resource) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": "auth.signup", "resource": resource}
}

test_anyone_signs_up_as_a_viewer if {
	signs_up({"type": "account", "role": "fm-web:viewer"}) == {"", "p", "v", "e", "a"}
	fmweb.allow with input as {"action": "auth.signup", "resource": {"type": "account", "role": "fm-web:viewer"}}
}

test_admins_alone_make_editors_and_admins if {
	every role in ["fm-web:editor", "fm-web:admin"] {
		signs_up({"type": "account", "role": role}) == {"a"}
	}
}

test_nobody_signs_up_with_anything_else if {
	every role in ["", "viewer", "fm-web:owner", "other:viewer", null, 1, ["fm-web:viewer"], {"fm-web:viewer": true}] {
		signs_up({"type": "account", "role": role}) == set()
	}
	every resource in [{"type": "account"}, {"type": "post", "role": "fm-web:viewer"}, {"role": "fm-web:viewer"}, {}, null, []] {
		signs_up(resource) == set()
	}
}

test_the_answer_is_false_and_never_undefined if {
	auth.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		auth.allow == false with input as odd
	}
}

test_a_viewers_account_opens_sign_up_alone if {
	account := {"type": "account", "role": "fm-web:viewer"}
	every action in ["auth.me", "auth.change-password", "auth.unheard-of"] {
		not fmweb.allow with input as {"caller": people.anonymous, "action": action, "resource": account}
	}
	not fmweb.allow with input as {"caller": people.admin, "action": "auth.unheard-of", "resource": account}
}
