# Identities, roles and owners, forged and odd ones included.
package fmweb.callers_test

import data.fmweb.callers

editor := {"id": "e", "roles": ["fm-web:editor"], "known": true}

test_known_callers_have_an_identity if {
	callers.known with input as {"caller": editor}
	every caller in [
		{"id": "", "roles": [], "known": true},
		{"id": "e", "roles": [], "known": false},
		{"id": "e", "roles": [], "known": "true"},
		{"id": "e", "roles": [], "known": 1},
		{"id": "e", "roles": []},
		{"id": null, "roles": [], "known": true},
		{"id": ["e"], "roles": [], "known": true},
		{"id": 7, "roles": [], "known": true},
		{"roles": [], "known": true},
		null,
		"e",
		[],
	] {
		not callers.known with input as {"caller": caller}
	}
	not callers.known with input as {}
}

test_only_three_roles_count if {
	every role in ["fm-web:admin", "fm-web:editor", "fm-web:viewer"] {
		callers.roles == {role} with input as {"caller": {"id": "e", "roles": [role], "known": true}}
	}
	every odd in ["fm-web:owner", "admin", "other:admin", "FM-WEB:ADMIN", "fm-web:admin ", "", null, 1, ["fm-web:admin"]] {
		callers.roles == set() with input as {"caller": {"id": "e", "roles": [odd], "known": true}}
	}
}

test_roles_that_are_no_list_are_none if {
	every odd in ["fm-web:admin", {"x": "fm-web:admin"}, {"fm-web:admin": true}, null, 1, true] {
		callers.roles == set() with input as {"caller": {"id": "e", "roles": odd, "known": true}}
	}
	callers.roles == set() with input as {"caller": {"id": "e", "known": true}}
}

test_roles_of_the_unknown_are_none if {
	callers.groups == {"anyone"} with input as {"caller": {"id": "", "roles": ["fm-web:admin"], "known": false}}
	callers.groups == {"anyone"} with input as {"caller": {"id": "", "roles": ["fm-web:admin"], "known": true}}
}

test_groups_cannot_be_claimed_as_roles if {
	claimed := {"id": "", "roles": ["known", "anyone"], "known": false}
	callers.groups == {"anyone"} with input as {"caller": claimed}
	callers.groups == {"anyone", "known", "fm-web:editor"} with input as {"caller": editor}
}

test_an_owner_is_known_and_the_type_fits if {
	callers.owns("post") with input as {"caller": editor, "resource": {"type": "post", "owner": "e"}}
	every resource in [
		{"type": "post", "owner": "o"},
		{"type": "post", "owner": ""},
		{"type": "post", "owner": null},
		{"type": "post", "owner": ["e"]},
		{"type": "post"},
		{"type": "session", "owner": "e"},
		{"owner": "e"},
		null,
	] {
		not callers.owns("post") with input as {"caller": editor, "resource": resource}
	}
	not callers.owns("post") with input as {"caller": editor}
}

test_nobody_owns_what_is_nobodys if {
	every known in [true, false] {
		nobody := {"id": "", "roles": [], "known": known}
		not callers.owns("post") with input as {"caller": nobody, "resource": {"type": "post", "owner": ""}}
	}
	not callers.owns("post") with input as {"caller": {"roles": [], "known": true}, "resource": {"type": "post"}}
}
