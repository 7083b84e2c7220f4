"""What residents see: pages, feeds, the button that stops mail, and the answers they send. No JavaScript."""
