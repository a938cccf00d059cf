"""Pure rules of the supervision room: values in, values out."""
