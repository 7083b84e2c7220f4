"""What a resident does with their own subscription: sign up, confirm, choose, pause, move, leave, erase."""
