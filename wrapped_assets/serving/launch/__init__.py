"""What has to be true until an edition goes public: steps with evidence, carried out in order and never before the one before them."""
