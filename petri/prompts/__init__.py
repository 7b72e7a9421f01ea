"""Every sentence a model is sent, as Markdown files by role, rendered strictly."""
