"""What an event is: the contract, validation, dumps, and realistic traffic."""
