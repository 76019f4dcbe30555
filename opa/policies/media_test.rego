# Files by caller, ownership and status, both ways.
package fmweb.media_test

import data.actions.media
import data.fmweb
import data.fmweb.people_test as people

known := people.ids(people.everyone) - {""}

allowed(action, resource) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": resource}
}

file(owner, status) := {"type": "media", "owner": owner, "status": status}

test_editors_and_admins_upload if {
	allowed("media.create", {"type": "none"}) == {"e", "a"}
}

test_lists_are_their_owners_and_the_admins if {
	every owner in known {
		allowed("media.list", {"type": "media", "owner": owner}) == {owner, "a"}
	}
}

test_what_is_ready_is_every_known_callers if {
	every action in ["media.read", "media.download"] {
		allowed(action, file("o", "ready")) == known
	}
}

test_anything_else_is_the_owners_and_the_admins if {
	every action in ["media.read", "media.download"] {
		every status in ["pending", "confirming", "deleting"] {
			allowed(action, file("o", status)) == {"a"}
			allowed(action, file("v", status)) == {"v", "a"}
		}
	}
}

test_owners_complete_and_nobody_else if {
	every status in ["pending", "confirming", "ready", "deleting"] {
		allowed("media.complete", file("o", status)) == set()
		allowed("media.complete", file("e", status)) == {"e"}
	}
}

test_owners_and_admins_delete_and_show if {
	every action in ["media.delete", "media.show"] {
		every status in ["pending", "confirming", "ready", "deleting"] {
			allowed(action, file("o", status)) == {"a"}
			allowed(action, file("v", status)) == {"v", "a"}
		}
	}
}

test_missing_and_odd_facts_open_nothing if {
	every resource in [
		{"type": "media"},
		{"type": "media", "owner": "", "status": "READY"},
		{"type": "media", "owner": null, "status": ["ready"]},
		{"type": "post", "owner": "v", "status": "ready"},
		{"owner": "v", "status": "ready"},
		{},
		null,
		"media",
	] {
		allowed("media.read", resource) == {"a"}
		allowed("media.download", resource) == {"a"}
		allowed("media.delete", resource) == {"a"}
		allowed("media.show", resource) == {"a"}
		allowed("media.list", resource) == {"a"}
		allowed("media.complete", resource) == set()
	}
}

test_owners_do_nothing_unheard_of if {
	allowed("media.unheard-of", file("v", "ready")) == set()
	allowed("media.", file("v", "ready")) == set()
}

test_the_answer_is_false_and_never_undefined if {
	media.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		media.allow == false with input as odd
	}
}
