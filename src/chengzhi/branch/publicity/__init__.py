"""Publications as a life, channels, education by domain."""
