"""The open interface (开放接口): shapes of all public JSON, and the description made from them."""
