# METADATA
# title: Jobs
# description: Exports hold everything and imports write anything, so both are the administrators'.
package actions.jobs

import data.fmweb.callers

default allow := false

allow if callers.among(data.grants.jobs[input.action])
