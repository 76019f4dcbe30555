# Who reads and who keeps categories.
package fmweb.categories_test

import data.actions.categories
import data.fmweb
import data.fmweb.people_test as people

allowed(action) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": {"type": "none"}}
}

test_anyone_reads if {
	every action in ["categories.read"] {
		allowed(action) == {"", "p", "v", "e", "a"}
	}
}

test_editors_and_admins_keep_them if {
	every action in ["categories.create", "categories.change", "categories.move", "categories.delete"] {
		allowed(action) == {"e", "a"}
	}
}

test_the_answer_is_false_and_never_undefined if {
	categories.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		categories.allow == false with input as odd
	}
}
