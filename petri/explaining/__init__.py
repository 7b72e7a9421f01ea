"""What an order really comes to: every value with where it comes from, and the words that models would be sent."""
