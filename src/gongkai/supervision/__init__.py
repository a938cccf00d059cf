"""The supervision room (监督考核): plan, tasks, evidence, lights, supervision orders, assessment."""
