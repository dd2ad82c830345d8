"""Pages of requests: asking, following, checking, deciding; the rule table and delegations."""
