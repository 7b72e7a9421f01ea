"""What an auditor can do, one module a family; each tool's text is a prompt file."""
