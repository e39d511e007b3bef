"""What one sees of sharing: the screen *Delen*, the line below the window, a case brought to a circle, erasing."""
