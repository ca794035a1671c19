"""Evaluates a rule on a real Rego engine (regorus): `rego.py POLICY RULE < INPUT`; prints what `opa eval --format raw` does."""
import sys

import regorus

engine = regorus.Engine()
engine.add_policy_from_file(sys.argv[1])
engine.set_input_json(sys.stdin.read())
print(engine.eval_rule_as_json(sys.argv[2]))
