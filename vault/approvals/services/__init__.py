"""What this room changes: requests, the rule table, delegations."""
