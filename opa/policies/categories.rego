# METADATA
# title: Categories
# description: Read by anyone, kept by editors and administrators; merged by administrators.
package actions.categories

import data.fmweb.callers

default allow := false

allow if callers.among(data.grants.categories[input.action])
