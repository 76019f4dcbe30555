# The entrance: what it sends where, and that nothing unheard of comes in.
package fmweb_test

import data.fmweb

admin := {"id": "a", "roles": ["fm-web:admin"], "known": true}

test_every_prefix_is_sent_to_its_package if {
	every action in ["posts.create", "categories.create", "users.create", "sessions.list", "auth.me", "probes.read", "media.create", "previews.read"] {
		fmweb.allow with input as {"caller": admin, "action": action, "resource": {"type": "none"}}
	}
}

test_unheard_of_actions_are_denied if {
	every action in [
		"", ".", "posts", "posts.", "posts.read.", "posts.unheard-of", "POSTS.LIST", " posts.list",
		"users.", "users.unheard-of", "categories.unheard-of", "sessions.unheard-of", "auth.unheard-of",
		"probes.unheard-of", "media.unheard-of", "previews.unheard-of", "posts.users.list", "users.posts.list", "comments.read", "grants", "fmweb.allow",
		null, 1, true, ["posts.list"], {"posts.list": true},
	] {
		fmweb.allow == false with input as {"caller": admin, "action": action, "resource": {"type": "post"}}
	}
}

test_odd_inputs_are_denied if {
	fmweb.allow == false
	every odd in [{}, [], "", "posts.list", null, 1, true, {"caller": admin}, {"action": null}] {
		fmweb.allow == false with input as odd
	}
}

test_every_grant_stands_under_its_resource_and_names_known_groups if {
	groups := {"anyone", "known"} | {role | some role in data.roles}
	every resource, actions in data.grants {
		every action, grant in actions {
			startswith(action, concat("", [resource, "."]))
			{group | some group in grant} - groups == set()
		}
	}
}

test_without_data_everything_unconditional_is_denied if {
	every action in ["posts.list", "users.list", "auth.me", "probes.read"] {
		fmweb.allow == false with input as {"caller": admin, "action": action} with data.grants as {}
	}
}

test_a_package_decides_on_its_own_actions_alone if {
	every resource, _ in data.grants {
		stray := {resource: {"stray.action": ["anyone"]}}
		fmweb.allow == false with input as {"caller": admin, "action": "stray.action"} with data.grants as stray
	}
}
