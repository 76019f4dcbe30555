# Whose sessions one may see, end and open.
package fmweb.sessions_test

import data.actions.sessions
import data.fmweb
import data.fmweb.people_test as people

allowed(action, resource) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": resource}
}

test_owners_and_admins_see_and_end_them if {
	every action in ["sessions.list", "sessions.read", "sessions.revoke"] {
		every owner in ["p", "v", "e", "a"] {
			allowed(action, {"type": "session", "owner": owner}) == {owner, "a"}
		}
	}
}

test_owners_alone_open_them if {
	every owner in ["p", "v", "e", "a"] {
		allowed("sessions.open", {"type": "session", "owner": owner}) == {owner}
	}
}

test_what_is_nobodys_is_the_admins if {
	every resource in [{"type": "session", "owner": ""}, {"type": "session"}, {"type": "post", "owner": "p"}, null] {
		allowed("sessions.list", resource) == {"a"}
		allowed("sessions.open", resource) == set()
	}
}

test_the_answer_is_false_and_never_undefined if {
	sessions.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		sessions.allow == false with input as odd
	}
}

test_owners_do_nothing_unheard_of if {
	allowed("sessions.unheard-of", {"type": "session", "owner": "p"}) == set()
	allowed("sessions.", {"type": "session", "owner": "p"}) == set()
}
