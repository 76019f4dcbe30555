# The audit log is for administrators to read, and for nobody to write.
package fmweb.audit_test

import data.actions.audit
import data.fmweb
import data.fmweb.people_test as people

allowed(action) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": {"type": "audit"}}
}

test_admins_alone if allowed("audit.list") == {"a"}

test_nobody_writes if {
	every action in ["audit.create", "audit.change", "audit.delete"] {
		allowed(action) == set()
	}
}

test_the_answer_is_false_and_never_undefined if {
	audit.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		audit.allow == false with input as odd
	}
}
