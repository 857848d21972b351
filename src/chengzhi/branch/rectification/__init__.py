"""整改台账: what was found lacking, who mends it by when, and who checked that it is mended."""
