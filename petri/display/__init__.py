"""What a person sees while a run goes on, behind one protocol; business code never prints."""
