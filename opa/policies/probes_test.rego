# Probes are open.
package fmweb.probes_test

import data.actions.probes
import data.fmweb
import data.fmweb.people_test as people

allowed(action) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": {"type": "none"}}
}

test_anyone_reads if {
	every action in ["probes.read"] {
		allowed(action) == {"", "p", "v", "e", "a"}
	}
}

test_the_answer_is_false_and_never_undefined if {
	probes.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		probes.allow == false with input as odd
	}
}
