# Probes are open.
package fmweb.probes_test

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
