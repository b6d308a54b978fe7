package published

// Left returns what of the rows was not handed out because its columns are laid out differently, in words.
func (d *Dir) Left() []string { return d.left }
