"""What others push at us. Each sender's rule for telling that it is them stands beside its door."""
