# Accounts are the administrators'.
package fmweb.users_test

import data.actions.users
import data.fmweb
import data.fmweb.people_test as people

allowed(action) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": {"type": "none"}}
}

test_admins_alone if {
	every action in ["users.list", "users.read", "users.create", "users.change-role", "users.disable", "users.enable", "users.delete"] {
		allowed(action) == {"a"}
	}
}

test_profiles_are_everyones_to_read_and_ones_own_to_change if {
	allowed("users.profile") == {caller.id | some caller in people.everyone}
	allowed("users.change-profile") == {caller.id | some caller in people.everyone; caller.known}
}

test_the_answer_is_false_and_never_undefined if {
	users.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		users.allow == false with input as odd
	}
}
